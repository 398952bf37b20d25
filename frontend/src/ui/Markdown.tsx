// biome-ignore-all lint/suspicious/noArrayIndexKey: the parts of a text have no other order
// The part of Markdown that guidelines need, made into elements: no HTML, no images.
import { Fragment, type ReactNode } from "react";
import classes from "./Markdown.module.css";

export function Markdown({ text }: { text: string }) {
  const blocks = text.replaceAll("\r\n", "\n").split(/\n{2,}/);
  return (
    <div className={classes.text}>
      {blocks.map((one, at) => (
        <Block key={at} text={one} />
      ))}
    </div>
  );
}

const HEADING = /^(#{1,4})\s+(.*)$/;
const BULLET = /^\s*[-*+]\s+/;
const NUMBER = /^\s*\d+[.)]\s+/;

function Block({ text }: { text: string }) {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const head = HEADING.exec(lines[0] ?? "");
  if (head) {
    return (
      <>
        <h3 className={classes.heading}>{inline(head[2] ?? "")}</h3>
        {lines.length > 1 && <Block text={lines.slice(1).join("\n")} />}
      </>
    );
  }
  const start = lines.findIndex((line) => BULLET.test(line) || NUMBER.test(line));
  if (start > 0) {
    return (
      <>
        <Block text={lines.slice(0, start).join("\n")} />
        <Block text={lines.slice(start).join("\n")} />
      </>
    );
  }
  if (start === 0) return <List lines={lines} />;
  if (lines.length === 0) return null;
  return <p>{lines.map((line, at) => brokenLine(line, at))}</p>;
}

/** A single line break is meant as one by people who are not thinking of Markdown. */
function brokenLine(line: string, at: number): ReactNode {
  return (
    <Fragment key={at}>
      {at > 0 && <br />}
      {inline(line)}
    </Fragment>
  );
}

function List({ lines }: { lines: string[] }) {
  const numbered = NUMBER.test(lines[0] ?? "");
  const entries: string[] = [];
  for (const line of lines) {
    if (BULLET.test(line) || NUMBER.test(line)) {
      entries.push(line.replace(BULLET, "").replace(NUMBER, ""));
    } else entries[entries.length - 1] += ` ${line.trim()}`;
  }
  const Tag = numbered ? "ol" : "ul";
  return (
    <Tag>
      {entries.map((entry, at) => (
        <li key={at}>{inline(entry)}</li>
      ))}
    </Tag>
  );
}

const INLINE =
  /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g;

export function inline(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(text.slice(end, match.index), marked(match));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}

function marked(match: RegExpExecArray): ReactNode {
  const [, code, strong, strong2, emphasis, label, address] = match;
  const key = match.index;
  if (code) return <code key={key}>{code}</code>;
  if (strong || strong2) return <strong key={key}>{strong ?? strong2}</strong>;
  if (emphasis) return <em key={key}>{emphasis}</em>;
  return (
    <a key={key} href={address} target="_blank" rel="noreferrer">
      {label}
    </a>
  );
}
