// "Are you sure", as a promise: `if (await confirm({ title, action, danger: true })) …`.
import { lazy, type ReactNode, Suspense } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

interface Question {
  title: string;
  body?: ReactNode;
  /** The word on the button: what will be done, not "OK". */
  action: string;
  danger?: boolean;
}

export type Asked = Question & { answer: (yes: boolean) => void };

const asked = createStore<{ question: Asked | null }>(() => ({ question: null }));

export function confirm(question: Question): Promise<boolean> {
  asked.getState().question?.answer(false);
  return new Promise((resolve) => {
    const answer = (yes: boolean) => {
      asked.setState({ question: null });
      resolve(yes);
    };
    asked.setState({ question: { ...question, answer } });
  });
}

const ConfirmDialog = lazy(async () => ({
  default: (await import("./ConfirmDialog")).ConfirmDialog,
}));

export function ConfirmHost() {
  const { question } = useStore(asked);
  return <Suspense>{question && <ConfirmDialog question={question} />}</Suspense>;
}
