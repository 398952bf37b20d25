// One's own API tokens: make, see when they were used, revoke.
import { Button } from "@mantine/core";
import { useState } from "react";
import type { ApiToken } from "@/api/types";
import { formatDay, formatRelative, useMessages } from "@/i18n/messages";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { notify, notifyProblem } from "@/ui/notify";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/states";
import { Tag } from "@/ui/Tag";
import { messages } from "./messages";
import { type Scope, useRevokeToken, useTokens } from "./requests";
import { TokenDialog } from "./TokenDialog";
import classes from "./TokensScreen.module.css";

export function TokensScreen() {
  const t = useMessages(messages);
  const pages = useTokens();
  const [making, setMaking] = useState(false);
  const make = <Button onClick={() => setMaking(true)}>{t.create}</Button>;
  const columns: Column<ApiToken>[] = [
    {
      key: "name",
      title: t.name,
      render: ({ name, prefix }) => (
        <span>
          <span className={classes.name}>{name}</span>
          <code className={classes.prefix}>{prefix}…</code>
        </span>
      ),
    },
    {
      key: "scopes",
      title: t.scopes,
      wideOnly: true,
      render: ({ scopes }) => (
        <span className={classes.scopes}>
          {scopes.map((scope) => (
            <Tag key={scope}>{t[`scope_${scope as Scope}`]}</Tag>
          ))}
        </span>
      ),
    },
    {
      key: "used",
      title: t.lastUsed,
      render: ({ last_used_at }) => (
        <span className={classes.quiet}>
          {last_used_at ? formatRelative(last_used_at) : t.neverUsed}
        </span>
      ),
    },
    { key: "ends", title: t.ends, wideOnly: true, render: (token) => <Ends token={token} /> },
    {
      key: "revoke",
      title: "",
      align: "end",
      width: 110,
      render: (token) => <Revoke token={token} />,
    },
  ];
  return (
    <Page
      title={t.title}
      description={
        <>
          {t.description} <a href="/api/docs/">{t.docs}</a>
        </>
      }
      actions={pages.rows.length > 0 && make}
    >
      <DataTable
        label={t.title}
        columns={columns}
        rowKey={({ id }) => id}
        pages={pages}
        empty={
          <Empty icon="key" title={t.empty} action={make}>
            {t.emptyText}
          </Empty>
        }
      />
      {making && <TokenDialog onClose={() => setMaking(false)} />}
    </Page>
  );
}

function Ends({ token: { expires_at } }: { token: ApiToken }) {
  const t = useMessages(messages);
  if (!expires_at) return <span className={classes.quiet}>{t.neverText}</span>;
  if (new Date(expires_at) < new Date()) return <Tag tone="warn">{t.expired}</Tag>;
  return <span className={classes.quiet}>{formatDay(expires_at)}</span>;
}

function Revoke({ token }: { token: ApiToken }) {
  const t = useMessages(messages);
  const revoke = useRevokeToken();
  const ask = async () => {
    const sure = await confirm({
      title: t.revokeTitle(token.name),
      body: t.revokeText,
      action: t.revoke,
      danger: true,
    });
    if (!sure) return;
    revoke.mutate(token.id, {
      onError: notifyProblem,
      onSuccess: () => notify(t.revoked(token.name)),
    });
  };
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={t.revokeOf(token.name)}
      loading={revoke.isPending}
      onClick={() => void ask()}
    >
      {t.revoke}
    </Button>
  );
}
