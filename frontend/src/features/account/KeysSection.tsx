// The keys that somebody has changed, wherever they work, and single keys as a whole.
import { Button } from "@mantine/core";
import { useStore } from "zustand";
import { keymap, resetKeys, setSingleKeys } from "@/commands/keymap";
import { runCommand } from "@/commands/registry";
import { useMessages } from "@/i18n/messages";
import { bindingCaps } from "@/lib/keys";
import { KeyHint } from "@/ui/KeyHint";
import { Section } from "@/ui/Page";
import { Segmented } from "@/ui/Segmented";
import classes from "./AccountScreen.module.css";
import { sharedKeys } from "./keys";
import { messages } from "./messages";

export function KeysSection() {
  const t = useMessages(messages);
  const { own, names, singleOff } = useStore(keymap);
  const changed = Object.entries(own);
  const nameOf = (id: string) => names[id] ?? id;
  return (
    <Section title={t.keys}>
      <div className={classes.row}>
        <p className={classes.text}>{t.keysText}</p>
        <Button variant="default" onClick={() => runCommand("app.help")}>
          {t.openKeys}
        </Button>
      </div>
      <div className={classes.row}>
        <p className={classes.text}>{t.singleKeysHint}</p>
        <Segmented
          label={t.singleKeys}
          value={singleOff ? "off" : "on"}
          onChange={(value) => setSingleKeys(value === "on")}
          options={(["on", "off"] as const).map((value) => ({ value, label: t[value] }))}
        />
      </div>
      <h3 className={classes.heading}>{t.changedKeys}</h3>
      {changed.length === 0 && <p className={classes.text}>{t.noChangedKeys}</p>}
      {sharedKeys(own).map(([key, ids]) => (
        <p key={key} className={classes.refusal} role="alert">
          {t.sameKey(bindingCaps(key).join("+"), ids.map(nameOf).join(", "))}
        </p>
      ))}
      <ul className={classes.keyList}>
        {changed.map(([id, keys]) => (
          <li key={id} className={classes.keyRow}>
            <span className={classes.keyName}>{nameOf(id)}</span>
            {keys.length === 0 && <span className={classes.text}>{t.turnedOff}</span>}
            {keys.map((key) => (
              <KeyHint key={key} keys={key} />
            ))}
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={t.reset(nameOf(id))}
              onClick={() => resetKeys(id)}
            >
              {t.resetOne}
            </Button>
          </li>
        ))}
      </ul>
      {changed.length > 1 && (
        <Button variant="subtle" onClick={() => resetKeys()}>
          {t.resetAll}
        </Button>
      )}
    </Section>
  );
}
