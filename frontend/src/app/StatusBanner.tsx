// Says across the top what is wrong with the installation, in the server's words.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { client, unwrap } from "@/api/client";
import { keys } from "@/api/query";
import { useMessages } from "@/i18n/messages";
import { Banner } from "@/ui/states";
import { messages } from "./messages";

export function StatusBanner() {
  const t = useMessages(messages);
  const status = useQuery({
    queryKey: keys.status,
    queryFn: () => unwrap(client.GET("/api/v1/status/")),
    refetchInterval: 30_000,
    retry: false,
  });
  const worst = status.data?.checks?.find((check) => check.state === "fail");
  const text = status.data?.banner ?? worst?.title;
  if (!text) return null;
  return (
    <Banner tone="warn" action={status.data?.checks && <Link to="/status">{t.status}</Link>}>
      {text}
    </Banner>
  );
}
