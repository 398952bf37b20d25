// Who takes part in a project, and in which role.
import { ActionIcon, Button, Menu, NativeSelect } from "@mantine/core";
import "@mantine/core/styles/Menu.css";
import { useState } from "react";
import { roleIn, useProject, useProjectId } from "@/api/project";
import { useUser } from "@/api/session";
import type { Member, Project, Role } from "@/api/types";
import { formatDay, useMessages } from "@/i18n/messages";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { Icon } from "@/ui/icons";
import { notifyProblem } from "@/ui/notify";
import { Page } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import { Tag } from "@/ui/Tag";
import { AddDialog } from "./AddDialog";
import { InviteDialog } from "./InviteDialog";
import classes from "./MembersScreen.module.css";
import { messages } from "./messages";
import { useChangeMember, useMembers, useRemoveMember } from "./requests";

const ROLES: readonly Role[] = ["labeler", "reviewer", "manager"];

export function MembersScreen() {
  const t = useMessages(messages);
  const user = useUser();
  const project = useProject(useProjectId());
  if (!project.data || roleIn(project.data, user) === "labeler") {
    return (
      <Page title={t.title}>
        <Loaded query={project}>{() => <Empty icon="users" title={t.onlyManagers} />}</Loaded>
      </Page>
    );
  }
  return <Members project={project.data} />;
}

function Members({ project }: { project: Project }) {
  const t = useMessages(messages);
  const user = useUser();
  const manages = roleIn(project, user) === "manager";
  const pages = useMembers(project.id);
  const [asking, setAsking] = useState<"add" | "invite" | null>(null);
  const columns: Column<Member>[] = [
    {
      key: "name",
      title: t.name,
      render: (member) => <Name member={member} own={member.user === user.id} />,
    },
    {
      key: "role",
      title: t.role,
      render: (member) => <RoleCell member={member} project={project.id} manages={manages} />,
    },
    {
      key: "state",
      title: t.state,
      render: ({ active }) =>
        active ? (
          <span className={classes.quiet}>{t.active}</span>
        ) : (
          <span title={t.pausedHint}>
            <Tag tone="warn">{t.paused}</Tag>
          </span>
        ),
    },
    {
      key: "joined",
      title: t.joined,
      align: "end",
      wideOnly: true,
      render: ({ created_at }) => <span className={classes.quiet}>{formatDay(created_at)}</span>,
    },
    {
      key: "more",
      title: "",
      align: "end",
      width: 56,
      render: (member) => manages && <More member={member} project={project.id} />,
    },
  ];
  return (
    <Page
      title={t.title}
      actions={
        manages && (
          <>
            <Button variant="default" onClick={() => setAsking("add")}>
              {t.add}
            </Button>
            <Button onClick={() => setAsking("invite")}>{t.invite}</Button>
          </>
        )
      }
    >
      <DataTable
        label={t.title}
        columns={columns}
        rowKey={({ id }) => id}
        pages={pages}
        empty={<Empty icon="users" title={t.empty} />}
      />
      <dl className={classes.roles}>
        {ROLES.map((role) => (
          <div key={role}>
            <dt>{t[`role_${role}`]}</dt>
            <dd>{t[`role_${role}_text`]}</dd>
          </div>
        ))}
      </dl>
      {asking === "add" && <AddDialog project={project.id} onClose={() => setAsking(null)} />}
      {asking === "invite" && <InviteDialog project={project.id} onClose={() => setAsking(null)} />}
    </Page>
  );
}

const shown = ({ display_name, username }: Member) => display_name || username;

function Name({ member, own }: { member: Member; own: boolean }) {
  const t = useMessages(messages);
  return (
    <span className={classes.name}>
      <span className={classes.initial} aria-hidden="true">
        {shown(member).slice(0, 1).toUpperCase()}
      </span>
      <span>
        {shown(member)} {own && <span className={classes.quiet}>({t.you})</span>}
        {member.display_name && <span className={classes.user}>{member.username}</span>}
      </span>
    </span>
  );
}

function RoleCell(props: { member: Member; project: number; manages: boolean }) {
  const { member, project, manages } = props;
  const t = useMessages(messages);
  const change = useChangeMember(project);
  if (!manages) return <>{t[`role_${member.role}`]}</>;
  return (
    <NativeSelect
      w={140}
      aria-label={t.roleOf(shown(member))}
      value={change.isPending ? change.variables.role : member.role}
      onChange={(event) =>
        change.mutate(
          { id: member.id, role: event.currentTarget.value as Role },
          { onError: notifyProblem },
        )
      }
      data={ROLES.map((role) => ({ value: role, label: t[`role_${role}`] }))}
    />
  );
}

function More({ member, project }: { member: Member; project: number }) {
  const t = useMessages(messages);
  const change = useChangeMember(project);
  const remove = useRemoveMember(project);
  const ask = async () => {
    const sure = await confirm({
      title: t.removeTitle(shown(member)),
      body: t.removeText,
      action: t.remove,
      danger: true,
    });
    if (sure) remove.mutate(member.id, { onError: notifyProblem });
  };
  const toggle = () =>
    change.mutate({ id: member.id, active: !member.active }, { onError: notifyProblem });
  return (
    <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`${shown(member)}…`}>
          <Icon name="more" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={toggle}>{member.active ? t.pause : t.resume}</Menu.Item>
        <Menu.Item color="red" onClick={() => void ask()}>
          {t.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
