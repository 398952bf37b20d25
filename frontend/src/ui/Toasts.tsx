import { Notifications } from "@mantine/notifications";
import "@mantine/core/styles/Notification.css";
import "@mantine/notifications/styles.css";

export function Toasts() {
  return <Notifications position="bottom-right" limit={3} containerWidth={340} />;
}
