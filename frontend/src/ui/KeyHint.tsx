import { bindingCaps } from "@/lib/keys";
import classes from "./KeyHint.module.css";

/** The key of a command as caps: `<KeyHint keys="Mod+Z" />`. Hidden where there is no keyboard. */
export function KeyHint({ keys }: { keys: string | undefined }) {
  if (!keys) return null;
  return (
    <span className={classes.keys} aria-hidden="true">
      {bindingCaps(keys).map((cap) => (
        <kbd key={cap} className={classes.cap}>
          {cap}
        </kbd>
      ))}
    </span>
  );
}
