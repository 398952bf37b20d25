import { describe, expect, it } from "vitest";
import { askedIn, chosenBy, noNumber } from "./chosen";

describe("which items are to go", () => {
  it("takes a group as it is, and numbers however they are parted", () => {
    expect(chosenBy("group", " Anna")).toEqual({ group: " Anna" });
    expect(chosenBy("items", "12, 7\n 9")).toEqual({ items: [12, 7, 9] });
  });

  it("is nothing until something whole was typed", () => {
    expect(chosenBy("group", "")).toBeNull();
    expect(chosenBy("items", " ")).toBeNull();
    expect(chosenBy("items", "12, x")).toBeNull();
    expect(chosenBy("items", "-3")).toBeNull();
  });

  it("says what is no number", () => {
    expect(noNumber("12, 7 x9, y")).toBe("x9");
    expect(noNumber("1,,2")).toBeUndefined();
    expect(noNumber("9".repeat(16))).toBe("9".repeat(16));
  });

  it("takes over what the items page showed", () => {
    const asked = askedIn(new URLSearchParams("project=3&status=open&group=Anna"));
    expect(asked.chosen).toEqual({ project: 3, filters: { status: "open", group: "Anna" } });
    expect(askedIn(new URLSearchParams("items=4")).text).toBe("4");
    expect(askedIn(new URLSearchParams("group=Anna"))).toMatchObject({ by: "group", text: "Anna" });
  });
});
