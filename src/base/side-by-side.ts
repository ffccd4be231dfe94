/** Runs jobs in order, at most `limit` at a time; the first failure stops the rest from starting. */
export async function sideBySide<J, R>(
  jobs: readonly J[],
  limit: number,
  work: (job: J) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < jobs.length && !failed) {
      const index = next++;
      try {
        results[index] = await work(jobs[index]!);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, jobs.length) }, lane));
  const broken = lanes.find((result) => result.status === "rejected");
  if (broken) throw broken.reason;
  return results;
}
