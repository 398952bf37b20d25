// More like this: the images of the dataset that look most like the one that is open.
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys } from "@/api/query";
import { formatPercent, useMessages } from "@/i18n/messages";
import { Picture } from "@/ui/Picture";
import { messages } from "./messages";
import classes from "./Similar.module.css";

const COUNT = 12;

function useSimilar(id: number) {
  return useQuery({
    queryKey: [...keys.item(id), "similar"],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/items/{id}/similar/", {
          params: { path: { id }, query: { count: COUNT } },
        }),
      ),
    staleTime: 120_000,
  });
}

export function Similar({ id, onOpen }: { id: number; onOpen: (id: number) => void }) {
  const t = useMessages(messages);
  const { data } = useSimilar(id);
  if (!data?.computed || data.results.length === 0) return null;
  return (
    <section className={classes.similar} aria-label={t.similar}>
      <h3 className={classes.title}>{t.similar}</h3>
      <ul className={classes.row}>
        {data.results.map(({ item, similarity }) => (
          <li key={item.id}>
            <button
              type="button"
              className={classes.picture}
              aria-label={t.openItem(item.filename)}
              onClick={() => onOpen(item.id)}
            >
              <Picture src={item.thumb_url} alt="" width={item.width} height={item.height} />
            </button>
            <span className={classes.share}>{formatPercent(similarity, 0)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
