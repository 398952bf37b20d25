// The beginning of a file's checksum; a click copies all of it.
import { useMessages } from "@/i18n/messages";
import classes from "./Checksum.module.css";
import { copy } from "./copy";
import { messages } from "./messages";
import { notify } from "./notify";

export function Checksum({ sha256 }: { sha256: string }) {
  const t = useMessages(messages);
  const run = async () => {
    notify((await copy(sha256)) ? t.copied : sha256);
  };
  return (
    <button type="button" className={classes.sum} title={t.copyChecksum} onClick={() => void run()}>
      {sha256.slice(0, 12)}…
    </button>
  );
}
