// A light dialog by the browser's own element, there with the very next key: what is typed right
// after opening it can never reach the screen underneath.
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useMessages } from "@/i18n/messages";
import classes from "./Dialog.module.css";
import { Icon } from "./icons";
import { messages } from "./messages";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** "full" covers a phone's screen. */
  size?: "small" | "full";
}

export function Dialog({ title, onClose, children, size = "small" }: DialogProps) {
  const t = useMessages(messages);
  const heading = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => element?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it too, by the browser
    <dialog
      ref={dialog}
      className={classes.dialog}
      data-size={size}
      aria-modal="true"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className={classes.inside}>
        <header className={classes.header}>
          <h2 id={heading} className={classes.title}>
            {title}
          </h2>
          <button type="button" className={classes.close} aria-label={t.close} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
