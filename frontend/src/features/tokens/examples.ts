// Commands that work as they stand, with the token and this server's address in them.

/** For a POSIX shell: nothing in single quotes is special but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function curlExample(origin: string, token: string): string {
  return `curl -H ${quoted(`Authorization: Bearer ${token}`)} ${quoted(`${origin}/api/v1/projects/`)}`;
}

export function pythonExample(origin: string, token: string): string {
  const request = `Request(${JSON.stringify(`${origin}/api/v1/projects/`)}, headers={"Authorization": ${JSON.stringify(`Bearer ${token}`)}})`;
  return [
    "import json",
    "from urllib.request import Request, urlopen",
    `print(json.load(urlopen(${request}))["results"])`,
  ].join("\n");
}
