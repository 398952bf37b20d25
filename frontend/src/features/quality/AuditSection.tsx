// What the audit measured of the stop rule, the share it is given, and how labelers agree.
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Project } from "@/api/types";
import { formatNumber, formatPercent, formatPercentRange, useMessages } from "@/i18n/messages";
import { notify } from "@/ui/notify";
import { Section } from "@/ui/Page";
import { StatRow, StatTile } from "@/ui/StatTile";
import { messages } from "./messages";
import classes from "./Quality.module.css";
import { type Quality, useChangeSettings } from "./requests";

interface AuditSectionProps {
  project: Project;
  audit: Quality["audit"];
  manages: boolean;
}

export function AuditSection({ project, audit, manages }: AuditSectionProps) {
  const t = useMessages(messages);
  const { low, high } = audit;
  const measured = audit.error !== null && low !== null && high !== null;
  return (
    <Section title={t.audit}>
      <p className={classes.text}>{t.auditText}</p>
      <StatRow>
        <StatTile
          label={t.error}
          value={measured ? formatPercent(audit.error) : "–"}
          note={
            measured
              ? t.errorOn(formatPercentRange(low, high, 1), audit.ended)
              : t.errorNoneNote(audit.drawn)
          }
        />
        <StatTile label={t.claimed} value={formatPercent(audit.claimed)} note={t.claimedNote} />
        <StatTile
          label={t.savedByStopping}
          value={
            audit.votes_saved === null
              ? "–"
              : formatNumber(audit.votes_saved, { maximumFractionDigits: 1 })
          }
          note={t.perItem}
        />
      </StatRow>
      {audit.ended > 0 && audit.error === null && <p className={classes.note}>{t.errorShapes}</p>}
      {manages && <Share key={audit.share} project={project.id} share={audit.share} />}
    </Section>
  );
}

function Share({ project, share }: { project: number; share: number }) {
  const t = useMessages(messages);
  const change = useChangeSettings(project);
  const [percent, setPercent] = useState(String(Math.round(share * 1000) / 10));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = Number(percent.replace(",", ".")) / 100;
    change.mutate({ audit_share: wanted }, { onSuccess: () => notify(t.saved) });
  };
  return (
    <form className={classes.buttons} onSubmit={submit}>
      <TextInput
        label={t.auditShare}
        description={t.auditShareHint}
        inputMode="decimal"
        value={percent}
        error={change.error?.fields.audit_share?.join(" ") ?? change.error?.detail}
        onChange={(event) => setPercent(event.currentTarget.value)}
        styles={{ input: { maxWidth: 120 } }}
      />
      <Button
        type="submit"
        variant="default"
        loading={change.isPending}
        style={{ alignSelf: "flex-end" }}
      >
        {t.save}
      </Button>
    </form>
  );
}

export function AgreementSection({ agreement }: { agreement: Quality["agreement"] }) {
  const t = useMessages(messages);
  const { alpha, alpha_low: low, alpha_high: high, percent, tasks } = agreement;
  const decimals = (value: number) =>
    formatNumber(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return (
    <Section title={t.agreement}>
      <StatRow>
        <StatTile
          label={t.alpha}
          value={alpha === null ? "–" : decimals(alpha)}
          note={
            low === null || high === null ? t.agreementNone : `${decimals(low)}–${decimals(high)}`
          }
        />
        <StatTile
          label={agreement.by === "distance" ? t.likeness : t.percent}
          value={percent === null ? "–" : formatPercent(percent / 100)}
          note={t.agreementOn(tasks)}
        />
      </StatRow>
      <p className={classes.note}>
        {agreement.by === "distance" && <>{t.agreementDistance} </>}
        {agreement.since > 0 && <>{t.agreementSince(agreement.since)} </>}
        {t.agreementHint}
      </p>
    </Section>
  );
}
