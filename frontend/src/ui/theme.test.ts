import { DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from "@mantine/core";
import { expect, test } from "vitest";
import { cssVariables, labelStyle, theme } from "./theme";

const USED = ["dark", "gray", "red", "accent"];
const COLOR = /^--mantine-color-([a-z]+)-/;

function rules(selector: string, variables: Record<string, string>): string {
  const lines = Object.entries(variables)
    .filter(([name]) => {
      const color = COLOR.exec(name)?.[1];
      const known = color !== undefined && color in DEFAULT_THEME.colors;
      return !known || USED.includes(color);
    })
    .map(([name, value]) => `  ${name}: ${value};`);
  return `${selector} {\n${lines.join("\n")}\n}\n`;
}

// The variables are a file, not a style that Mantine adds while running: nothing then hangs on
// the content security policy's nonce. After a change of theme: npx vitest run -u src/ui
test("the variables file is what the theme gives", async () => {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const base = defaultCssVariablesResolver(merged);
  const own = cssVariables(merged);
  const css = [
    rules(":root", base.variables),
    rules(":root[data-mantine-color-scheme='light']", { ...base.light, ...own.light }),
    rules(":root[data-mantine-color-scheme='dark']", { ...base.dark, ...own.dark }),
  ].join("\n");
  await expect(css).toMatchFileSnapshot("./mantine-variables.css");
});

test("label colours repeat with dashes after seven", () => {
  expect(labelStyle(7)).toEqual({ ...labelStyle(0), dashed: true });
});
