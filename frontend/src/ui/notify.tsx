// Short messages in the corner, for what has no better place.
import { lazy, Suspense } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { ApiError } from "@/api/errors";
import { textOf } from "@/i18n/messages";
import { messages } from "./messages";

/** Mantine's notifications are loaded with the first message. */
const wanted = createStore<{ wanted: boolean }>(() => ({ wanted: false }));
const Toasts = lazy(async () => ({ default: (await import("./Toasts")).Toasts }));

export function ToastHost() {
  const { wanted: show } = useStore(wanted);
  return <Suspense>{show && <Toasts />}</Suspense>;
}

interface Toast {
  title?: string;
  message: string;
  color?: string;
  autoClose?: number;
}

async function show(toast: Toast): Promise<void> {
  wanted.setState({ wanted: true });
  const { notifications } = await import("@mantine/notifications");
  notifications.show({ ...toast, withBorder: true });
}

export function notify(message: string): void {
  void show({ message });
}

export function notifyProblem(error: ApiError): void {
  const t = textOf(messages);
  void show({
    title: error.offline ? t.offline : t.problem,
    message: error.offline ? "" : error.detail,
    color: "red",
    autoClose: 10_000,
  });
}
