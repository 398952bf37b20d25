"""Upload, the pure half: what a file from outside is, whether it may be taken, and how it is shown.

No Django: bytes in, facts and refusals out. The action that stores the result is
`annotations.actions.upload`.
"""
