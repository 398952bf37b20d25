// The colour of a label: one of the seven that colour-blind people can tell apart.
import { Popover, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { LABEL_COLORS, labelStyle } from "@/ui/theme";
import classes from "./ColorPicker.module.css";
import { messages } from "./messages";

/** Of `LABEL_COLORS`, in their order. */
const NAMES = ["blue", "orange", "green", "pink", "skyBlue", "vermilion", "yellow"] as const;

interface ColorPickerProps {
  label: string;
  /** Place of the label, which gives its colour while none is chosen. */
  index: number;
  value: string;
  onChange: (color: string) => void;
}

export function ColorPicker({ label, index, value, onChange }: ColorPickerProps) {
  const t = useMessages(messages);
  const [open, setOpen] = useState(false);
  const style = value ? { color: value, dashed: false } : labelStyle(index);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus withinPortal>
      <Popover.Target>
        <UnstyledButton
          className={classes.swatch}
          aria-label={label}
          onClick={() => setOpen(!open)}
        >
          <span
            className={classes.dot}
            data-dashed={style.dashed || undefined}
            style={{ "--dot": style.color } as React.CSSProperties}
          />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={classes.choices}>
        {LABEL_COLORS.map((color, at) => (
          <UnstyledButton
            key={color}
            className={classes.swatch}
            aria-label={t[`color_${NAMES[at] ?? "blue"}`]}
            aria-pressed={style.color.toLowerCase() === color.toLowerCase()}
            title={t[`color_${NAMES[at] ?? "blue"}`]}
            onClick={() => {
              onChange(color.toLowerCase());
              setOpen(false);
            }}
          >
            <span className={classes.dot} style={{ "--dot": color } as React.CSSProperties}>
              {style.color.toLowerCase() === color.toLowerCase() && <Icon name="check" size={12} />}
            </span>
          </UnstyledButton>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}
