// Brightness and the like: how the image is shown, never what is answered.
import { type Look, PLAIN } from "@/canvas/look";
import { useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { messages } from "./messages";
import parts from "./parts.module.css";
import classes from "./ToolRail.module.css";

interface LookPanelProps {
  look: Look;
  onLook: (look: Look) => void;
  onClose: () => void;
}

export function LookPanel({ look, onLook, onClose }: LookPanelProps) {
  const t = useMessages(messages);
  const slider = (name: string, value: number, low: number, put: (value: number) => Look) => (
    <label className={classes.slider}>
      <span>{name}</span>
      <input
        type="range"
        min={low}
        max={1}
        step={0.05}
        value={value}
        onChange={(event) => onLook(put(Number(event.currentTarget.value)))}
      />
    </label>
  );
  const check = (name: string, on: boolean, put: (on: boolean) => Look) => (
    <label className={parts.check}>
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => onLook(put(event.currentTarget.checked))}
      />
      {name}
    </label>
  );
  return (
    <fieldset
      className={classes.look}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <legend className="lh-hidden">{t.view}</legend>
      {slider(t.brightness, look.brightness, -1, (brightness) => ({ ...look, brightness }))}
      {slider(t.contrast, look.contrast, -1, (contrast) => ({ ...look, contrast }))}
      {check(t.invert, look.invert, (invert) => ({ ...look, invert }))}
      {check(t.binarize, look.threshold !== null, (on) => ({
        ...look,
        threshold: on ? 0.5 : null,
      }))}
      {look.threshold !== null &&
        slider(t.threshold, look.threshold, 0, (threshold) => ({ ...look, threshold }))}
      <p className={classes.quiet}>{t.viewHint}</p>
      <div className={classes.lookFoot}>
        <button type="button" className={parts.plain} onClick={() => onLook(PLAIN)}>
          {t.resetView}
        </button>
        <button type="button" className={parts.plain} onClick={onClose}>
          <Icon name="check" />
        </button>
      </div>
    </fieldset>
  );
}
