"""How far two answers differ: texts, boxes, polygons, keypoints. Pure, shared by task types and
consensus."""
