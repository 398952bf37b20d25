// What is wrong with the installation and how to mend it; then what runs.
import { Link } from "react-router";
import { useSession, useUser } from "@/api/session";
import type { Status, StatusCheck } from "@/api/types";
import { formatBytes, formatNumber, formatRelative, useMessages } from "@/i18n/messages";
import { CopyField } from "@/ui/CopyField";
import { Icon } from "@/ui/icons";
import { Page, Section } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { Tag } from "@/ui/Tag";
import { commandsIn, ordered } from "./checks";
import { JobsSection } from "./JobsSection";
import { messages } from "./messages";
import { useStatus } from "./requests";
import classes from "./StatusScreen.module.css";

export function StatusScreen() {
  const t = useMessages(messages);
  const status = useStatus();
  const version = useSession().data?.version ?? "";
  const admin = useUser().is_admin;
  return (
    <Page
      title={t.title}
      description={
        <span className={classes.links}>
          <span>{t.version(version)}</span>
          <a href="/readyz">{t.health}</a>
          <a href="/metrics">{t.metrics}</a>
          <a href="/api/docs/">{t.apiDocs}</a>
          {admin && <Link to="/status/originals">{t.originals}</Link>}
        </span>
      }
    >
      <Loaded query={status}>{(data) => <Known status={data} />}</Loaded>
    </Page>
  );
}

function Known({ status }: { status: Status }) {
  const t = useMessages(messages);
  const admin = useUser().is_admin;
  const checks = ordered(status.checks ?? []);
  const troubled = checks.filter(({ state }) => state !== "ok");
  const fine = checks.filter(({ state }) => state === "ok");
  return (
    <>
      <Summary status={status} checks={checks} />
      {!admin && <p className={classes.quiet}>{t.notAdmin}</p>}
      {troubled.map((check) => (
        <Trouble key={check.name} check={check} />
      ))}
      {fine.length > 0 && (
        <Section title={t.fine(fine.length)}>
          <ul className={classes.fine}>
            {fine.map((check) => (
              <li key={check.name}>
                <span className={classes.tick}>
                  <Icon name="check" size={14} />
                </span>
                <span>
                  {check.title}
                  {check.detail && <span className={classes.detail}>{check.detail}</span>}
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {admin && (
        <div className={classes.columns}>
          <Queues status={status} />
          <Processes status={status} />
        </div>
      )}
      {admin && <JobsSection />}
    </>
  );
}

function Summary({ status, checks }: { status: Status; checks: readonly StatusCheck[] }) {
  const t = useMessages(messages);
  const broken = checks.filter(({ state }) => state === "fail").length;
  const odd = checks.filter(({ state }) => state === "warn").length;
  const tone = !status.ok ? "error" : odd > 0 ? "warn" : "ok";
  const text = !status.ok
    ? broken > 0
      ? t.wrong(broken)
      : (status.banner ?? "")
    : odd > 0
      ? t.odd(odd)
      : t.allWell;
  return (
    <div className={classes.summary} data-tone={tone} role="status">
      <Icon name={tone === "ok" ? "check" : "warning"} size={20} />
      {text}
    </div>
  );
}

function Trouble({ check }: { check: StatusCheck }) {
  const t = useMessages(messages);
  const { text, commands } = commandsIn(check.fix);
  return (
    <section className={classes.trouble} data-state={check.state}>
      <div className={classes.head}>
        <Tag tone={check.state === "fail" ? "error" : "warn"}>{t[`state_${check.state}`]}</Tag>
        <h2>{check.title}</h2>
      </div>
      {check.detail && <p className={classes.what}>{check.detail}</p>}
      {check.fix && (
        <div className={classes.fix}>
          <h3>{t.fix}</h3>
          {text && <p>{text}</p>}
          {commands.map((command) => (
            <CopyField key={command} label={t.copy(command)} value={command} block />
          ))}
        </div>
      )}
    </section>
  );
}

const QUEUES = ["default", "score", "train"] as const;

function Queues({ status: { queues } }: { status: Status }) {
  const t = useMessages(messages);
  return (
    <Section title={t.queues}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t.queue}</th>
            <th scope="col" className={classes.figure}>
              {t.waiting}
            </th>
            <th scope="col" className={classes.figure}>
              {t.running}
            </th>
            <th scope="col">{t.served}</th>
          </tr>
        </thead>
        <tbody>
          {QUEUES.map((name) => {
            const queue = queues?.[name];
            return (
              <tr key={name}>
                <th scope="row">{t[`queue_${name}`]}</th>
                <td className={classes.figure}>{formatNumber(queue?.waiting ?? 0)}</td>
                <td className={classes.figure}>{formatNumber(queue?.running ?? 0)}</td>
                <td>
                  <Tag tone={queue?.served ? "ok" : "error"}>
                    {queue?.served ? t.served_yes : t.served_no}
                  </Tag>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Section>
  );
}

function Processes({ status: { processes = [] } }: { status: Status }) {
  const t = useMessages(messages);
  return (
    <Section title={t.processes}>
      {processes.length === 0 ? (
        <p className={classes.quiet}>{t.noProcesses}</p>
      ) : (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t.process}</th>
              <th scope="col">{t.serves}</th>
              <th scope="col" className={classes.figure}>
                {t.memory}
              </th>
              <th scope="col" className={classes.figure}>
                {t.seen}
              </th>
            </tr>
          </thead>
          <tbody>
            {processes.map((process) => (
              <tr key={`${process.host} ${process.pid} ${process.name}`}>
                <th scope="row">
                  {process.name}{" "}
                  <span className={classes.quiet}>
                    {process.host}:{process.pid}
                  </span>
                </th>
                <td>{process.queues.join(", ")}</td>
                <td className={classes.figure}>
                  {process.memory_bytes === null ? "" : formatBytes(process.memory_bytes)}
                </td>
                <td className={classes.figure}>{formatRelative(process.seen_at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}
