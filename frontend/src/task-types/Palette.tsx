// Characters that the keyboard lacks, as the project lists them; the first ten have keys.

import { CommandKey } from "@/commands/CommandKey";
import { runCommand } from "@/commands/registry";
import { useCommands } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { keepFocus } from "./choiceParts";
import { messages } from "./messages";
import classes from "./transcription.module.css";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"].map((digit) => `Alt+${digit}`);

interface PaletteProps {
  characters: readonly string[];
  illegible: boolean;
  insert: (text: string) => void;
}

export function Palette({ characters, illegible, insert }: PaletteProps) {
  const t = useMessages(messages);
  useCommands(
    characters.slice(0, KEYS.length).map((character, at) => ({
      id: `text.insert-${at + 1}`,
      label: t.insert(character),
      keys: [KEYS[at] ?? ""],
      scope: "answer",
      whileTyping: true,
      repeat: true,
      family: { label: t.insertMany, keys: "Alt 1 … 0" },
      run: () => insert(character),
    })),
  );
  return (
    <div className={classes.palette} role="toolbar" aria-label={t.palette}>
      {characters.map((character, at) => (
        <button
          key={character}
          type="button"
          className={classes.character}
          aria-label={t.insert(character)}
          title={KEYS[at]?.replace("+", " ")}
          onMouseDown={keepFocus}
          onClick={() => insert(character)}
        >
          {character}
        </button>
      ))}
      <button
        type="button"
        className={classes.unreadable}
        aria-pressed={illegible}
        onMouseDown={keepFocus}
        onClick={() => runCommand("text.unreadable")}
      >
        {t.unreadableShort} <CommandKey id="text.unreadable" keys={["Alt+U"]} />
      </button>
    </div>
  );
}
