// A number in image pixels, taken on Enter or when the field is left.
import { useState } from "react";
import parts from "./parts.module.css";

interface NumberFieldProps {
  name: string;
  value: number;
  onValue: (value: number) => void;
}

export function NumberField({ name, value, onValue }: NumberFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const give = () => {
    const next = Number.parseFloat(typed ?? "");
    if (Number.isFinite(next) && next !== value) onValue(next);
    setTyped(null);
  };
  return (
    <label className={parts.field}>
      <span>{name}</span>
      <input
        inputMode="decimal"
        value={typed ?? String(value)}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={give}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
        }}
      />
    </label>
  );
}
