import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { curlExample, pythonExample } from "./examples";

const ORIGIN = "http://label.example:8000";

test("the shell reads the curl command as three arguments", () => {
  const command = curlExample(ORIGIN, "lh_a'b$c");
  const shown = command.replace(/^curl/, 'printf "%s\\n"');
  const read = execFileSync("sh", ["-c", shown], { encoding: "utf8" });
  expect(read).toBe(`-H\nAuthorization: Bearer lh_a'b$c\n${ORIGIN}/api/v1/projects/\n`);
});

test("the Python lines name the address and the token", () => {
  const lines = pythonExample(ORIGIN, "lh_abc").split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[2]).toContain('"http://label.example:8000/api/v1/projects/"');
  expect(lines[2]).toContain('{"Authorization": "Bearer lh_abc"}');
});
