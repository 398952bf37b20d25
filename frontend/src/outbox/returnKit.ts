// The end of work without a line: what is left goes back to the others.
import { sendOrThrow } from "@/api/http";
import { forgetAll } from "@/lib/offline";
import { dropFromKit, readKit } from "./kit";

/**
 * Ends work without a line: what is not answered goes back, except for some tasks, and nothing of
 * it stays on the device once no project's work is left.
 */
export async function returnKit(
  user: number,
  project: number | null = null,
  keep: ReadonlySet<number> = new Set(),
): Promise<void> {
  const rows = await readKit(user, project);
  const leases = rows.filter((row) => !keep.has(row.task)).map((row) => row.lease);
  if (leases.length > 0) {
    await sendOrThrow({ method: "POST", path: "/api/v1/leases/return/", body: { leases } });
  }
  await Promise.all(rows.map((row) => dropFromKit(row)));
  if ((await readKit(user)).length === 0) await forgetAll();
}
