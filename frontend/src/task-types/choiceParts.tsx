// What the row and the list of labels share.
import type { MouseEvent } from "react";
import classes from "./choice.module.css";
import type { Option } from "./choiceSchema";

export interface ChoiceViewProps {
  options: Option[];
  chosen: string | null;
  suggested: string | null;
  suggestion: string;
  choose: (option: Option, at: number) => void;
}

/** A click must not leave the focus on the button: Space would then press it again. */
export function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

export function Swatch({ color }: { color: string }) {
  return <span className={classes.swatch} style={{ background: color }} />;
}
