// Items that go for good: which, what would go, the confirmation, and what went before.
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { useDataset } from "@/api/datasets";
import type { DatasetDetail } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { Page, Section } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import { Choose } from "./Choose";
import type { Chosen } from "./chosen";
import { Done } from "./Done";
import { messages } from "./messages";
import { usePreview } from "./requests";
import { Sure } from "./Sure";
import classes from "./Takedowns.module.css";
import { WouldGo } from "./WouldGo";

export function TakedownsScreen() {
  const t = useMessages(messages);
  const dataset = useDataset(Number(useParams().datasetId));
  if (!dataset.data) {
    return (
      <Page title={t.title}>
        <Loaded query={dataset}>{() => null}</Loaded>
      </Page>
    );
  }
  return <Known dataset={dataset.data} />;
}

function Known({ dataset }: { dataset: DatasetDetail }) {
  const t = useMessages(messages);
  return (
    <Page
      title={t.title}
      description={t.text}
      width="narrow"
      actions={
        <Button component={Link} to={`/datasets/${dataset.id}`} variant="default">
          {t.toDataset}
        </Button>
      }
    >
      {dataset.may_change ? (
        <>
          <TakeDown dataset={dataset} />
          <Section title={t.before}>
            <Done dataset={dataset.id} />
          </Section>
        </>
      ) : (
        <Empty icon="eye" title={t.onlyOwner} />
      )}
    </Page>
  );
}

/** Whatever is chosen anew has to be looked at anew. */
function TakeDown({ dataset }: { dataset: DatasetDetail }) {
  const t = useMessages(messages);
  const preview = usePreview(dataset.id);
  const [looked, setLooked] = useState<Chosen | null>(null);
  const [, setSearch] = useSearchParams();
  const forget = () => {
    setLooked(null);
    preview.reset();
  };
  const look = (chosen: Chosen) => {
    setLooked(chosen);
    preview.mutate(chosen);
  };
  const done = () => {
    forget();
    setSearch({}, { replace: true });
  };
  return (
    <>
      <Section title={t.which}>
        <Choose
          looking={preview.isPending}
          refusal={preview.error?.detail}
          onLook={look}
          onChange={forget}
        />
      </Section>
      {looked && preview.data && (
        <Section title={t.would}>
          <div className={classes.form}>
            <WouldGo preview={preview.data} />
            {preview.data.items > 0 && (
              <Sure dataset={dataset} chosen={looked} count={preview.data.items} onDone={done} />
            )}
          </div>
        </Section>
      )}
    </>
  );
}
