// All commands of the screen with their keys; the keys can be changed on the spot.
import { Button, Modal, TextInput, UnstyledButton } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { useStore } from "zustand";
import { useMessages } from "@/i18n/messages";
import { bindingCaps } from "@/lib/keys";
import { KeyHint } from "@/ui/KeyHint";
import classes from "./HelpOverlay.module.css";
import { closeHelp } from "./help";
import { conflicts, keymap, keysOf, resetKeys, setKeys } from "./keymap";
import { bindingOf } from "./matcher";
import { messages } from "./messages";
import { activeCommands, type Command, type Scope } from "./registry";

interface Group {
  title: string;
  commands: Command[];
}

export function HelpOverlay() {
  const t = useMessages(messages);
  useStore(keymap);
  const [wanted, setWanted] = useState("");
  const [changing, setChanging] = useState(false);
  const all = distinct(activeCommands());
  const clashes = conflicts(all);
  const found = all.filter((one) => one.label.toLowerCase().includes(wanted.toLowerCase()));
  const group = (title: string, scopes: Scope[]): Group => ({
    title,
    commands: found.filter((command) => scopes.includes(command.scope)),
  });
  const groups = [
    group(t.here, ["answer", "screen"]),
    group(t.canvas, ["canvas"]),
    group(t.everywhere, ["global"]),
  ].filter(({ commands }) => commands.length > 0);
  return (
    <Modal
      opened
      onClose={closeHelp}
      title={t.title}
      size={720}
      closeButtonProps={{ "aria-label": t.close }}
    >
      <div className={classes.tools}>
        <TextInput
          className={classes.search}
          aria-label={t.search}
          placeholder={t.search}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
          data-autofocus
        />
        {changing && (
          <Button variant="subtle" onClick={() => resetKeys()}>
            {t.resetAll}
          </Button>
        )}
        <Button variant="default" onClick={() => setChanging(!changing)}>
          {changing ? t.done : t.change}
        </Button>
      </div>
      {[...clashes].map(([key, labels]) => (
        <p key={key} className={classes.clash} role="alert">
          {t.clash(bindingCaps(key).join("+"), labels.join(", "))}
        </p>
      ))}
      {groups.length === 0 && <p className={classes.none}>{t.none}</p>}
      {groups.map(({ title, commands }) => (
        <section key={title}>
          <h3 className={classes.group}>{title}</h3>
          <ul className={classes.list} data-changing={changing || undefined}>
            {(changing ? commands : merged(commands)).map((command) => (
              <Row key={command.id} command={command} changing={changing} />
            ))}
          </ul>
        </section>
      ))}
    </Modal>
  );
}

/** Of commands that share an id, the one that would run. */
function distinct(commands: readonly Command[]): Command[] {
  return [...new Map(commands.toReversed().map((command) => [command.id, command])).values()]
    .toReversed()
    .filter((command) => command.scope !== "dialog");
}

/** One row for each family, and one for commands that do the same by different keys. */
function merged(commands: readonly Command[]): Command[] {
  const rows = new Map<string, Command>();
  for (const command of commands) {
    const name = command.family?.label ?? command.label;
    const known = rows.get(name);
    if (!known) rows.set(name, { ...command, keys: keysOf(command) });
    else rows.set(name, { ...known, keys: [...known.keys, ...keysOf(command)] });
  }
  return [...rows.values()];
}

function Row({ command, changing }: { command: Command; changing: boolean }) {
  const t = useMessages(messages);
  const [listening, setListening] = useState(false);
  const keys = changing ? keysOf(command) : command.keys;
  const family = changing ? undefined : command.family;
  const listen = (event: KeyboardEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const key = bindingOf(event.nativeEvent);
    if (key === null) return;
    if (key !== "Escape") setKeys(command.id, [key], command.label);
    setListening(false);
  };
  return (
    <li className={classes.row}>
      <span className={classes.name}>{family?.label ?? command.label}</span>
      {changing ? (
        <span className={classes.edit}>
          <UnstyledButton
            className={classes.bind}
            data-listening={listening || undefined}
            aria-label={t.bindFor(command.label)}
            onClick={() => setListening(true)}
            onKeyDown={listening ? listen : undefined}
            onBlur={() => setListening(false)}
          >
            {listening ? t.pressKey : keys.length > 0 ? <Keys keys={keys} /> : t.isOff}
          </UnstyledButton>
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => setKeys(command.id, [], command.label)}
          >
            {t.off}
          </Button>
          <Button size="compact-xs" variant="subtle" onClick={() => resetKeys(command.id)}>
            {t.reset}
          </Button>
        </span>
      ) : family ? (
        <span className={classes.familyKeys}>{family.keys}</span>
      ) : (
        <Keys keys={keys} />
      )}
    </li>
  );
}

function Keys({ keys }: { keys: readonly string[] }) {
  return (
    <span className={classes.keys}>
      {keys.map((key) => (
        <KeyHint key={key} keys={key} />
      ))}
    </span>
  );
}
