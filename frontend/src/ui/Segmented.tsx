// A few choices side by side, one of them in force: radio buttons in the look of a control.
import { useId } from "react";
import classes from "./Segmented.module.css";

interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  /** Above the control, as beside other fields; else only screen readers are told. */
  labelShown?: boolean;
  className?: string;
}

export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const name = useId();
  return (
    <fieldset className={`${classes.field} ${props.className ?? ""}`}>
      <legend className={props.labelShown ? classes.label : "lh-hidden"}>{props.label}</legend>
      <div className={classes.group}>
        {props.options.map(({ value, label }) => (
          <label key={value} className={classes.option}>
            <input
              type="radio"
              name={name}
              value={value}
              checked={value === props.value}
              onChange={() => props.onChange(value)}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
