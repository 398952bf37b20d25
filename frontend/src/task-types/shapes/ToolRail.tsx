// Tools, steps and zoom as buttons; each says its key.
import { useState } from "react";
import { type StoreApi, useStore } from "zustand";
import { isPlain, type Look } from "@/canvas/look";
import { runCommand } from "@/commands/registry";
import { useKeyOf } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { bindingCaps } from "@/lib/keys";
import { Icon, type IconName } from "@/ui/icons";
import { keepFocus } from "../choiceParts";
import type { Board } from "./board";
import { LookPanel } from "./LookPanel";
import { messages } from "./messages";
import classes from "./ToolRail.module.css";

interface ToolRailProps {
  board: Board;
  zoom: StoreApi<{ scale: number }>;
  look: Look;
  onLook: (look: Look) => void;
}

const ICONS = { box: "box", polygon: "polygon", keypoints: "points" } as const;

export function ToolRail({ board, zoom, look, onLook }: ToolRailProps) {
  const t = useMessages(messages);
  const [open, setOpen] = useState(false);
  const { drawing, editor } = board;
  const tool = useStore(editor, (state) => state.tool);
  const canUndo = useStore(editor, (state) => state.past.length > 0);
  const canRedo = useStore(editor, (state) => state.future.length > 0);
  const key = { box: "B", polygon: "P", keypoints: "K" }[drawing];
  return (
    <div className={classes.rail} role="toolbar" aria-label={t.tools} aria-orientation="vertical">
      <Tool id="shapes.select" keys={["V"]} icon="pointer" name={t.select} on={tool === "select"} />
      <Tool
        id={`shapes.${drawing}`}
        keys={[key]}
        icon={ICONS[drawing]}
        name={t[drawing]}
        on={tool === drawing}
      />
      <Tool id="shapes.new" keys={["N"]} icon="plus" name={t.newShape} />
      <span className={classes.gap} />
      <Tool id="shapes.undo" keys={["Mod+Z"]} icon="undo" name={t.undo} off={!canUndo} />
      <Tool id="shapes.redo" keys={["Mod+Shift+Z"]} icon="redo" name={t.redo} off={!canRedo} />
      <span className={classes.gap} />
      <Tool id="view.fit" keys={["0"]} icon="fit" name={t.fit} />
      <Tool id="view.in" keys={["+", "="]} icon="zoomIn" name={t.zoomIn} />
      <Zoom board={board} zoom={zoom} />
      <Tool id="view.out" keys={["-"]} icon="zoomOut" name={t.zoomOut} />
      <span className={classes.gap} />
      <button
        type="button"
        className={classes.tool}
        aria-label={t.view}
        title={t.view}
        aria-expanded={open}
        data-changed={!isPlain(look) || undefined}
        onMouseDown={keepFocus}
        onClick={() => setOpen(!open)}
      >
        <Icon name="contrast" />
      </button>
      {open && <LookPanel look={look} onLook={onLook} onClose={() => setOpen(false)} />}
    </div>
  );
}

interface ToolProps {
  id: string;
  keys: string[];
  icon: IconName;
  name: string;
  /** Of tools that stay in the hand. */
  on?: boolean;
  off?: boolean;
}

function Tool({ id, keys, icon, name, on, off }: ToolProps) {
  const key = useKeyOf({ id, keys });
  const caps = key ? bindingCaps(key).join("+") : "";
  return (
    <button
      type="button"
      className={classes.tool}
      aria-label={name}
      aria-pressed={on}
      aria-keyshortcuts={caps || undefined}
      title={caps ? `${name} (${caps})` : name}
      disabled={off}
      onMouseDown={keepFocus}
      onClick={() => runCommand(id)}
    >
      <Icon name={icon} />
      {caps.length === 1 && (
        <span className={classes.toolKey} aria-hidden="true">
          {caps}
        </span>
      )}
    </button>
  );
}

/** The zoom in percent of the image's own size; a number that is typed is exact. */
function Zoom({ board, zoom }: Pick<ToolRailProps, "board" | "zoom">) {
  const scale = useStore(zoom, (state) => state.scale);
  const t = useMessages(messages);
  const [typed, setTyped] = useState<string | null>(null);
  const percent = scale * 100;
  const shown = percent < 10 ? percent.toFixed(1) : String(Math.round(percent));
  const give = () => {
    const value = Number.parseFloat(typed ?? "");
    if (value > 0) board.engine?.zoomTo(value / 100);
    setTyped(null);
  };
  return (
    <input
      className={classes.zoom}
      aria-label={t.zoomPercent}
      title={t.zoomPercent}
      inputMode="decimal"
      value={typed ?? shown}
      onFocus={(event) => {
        setTyped(shown);
        event.currentTarget.select();
      }}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => setTyped(null)}
      onKeyDown={(event) => {
        if (event.key === "Enter") give();
        if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
        else return;
        event.stopPropagation();
      }}
    />
  );
}
