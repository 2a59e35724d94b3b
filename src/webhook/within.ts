/**
 * The outcome of the work, or a rejection with `late()` where it takes longer than `ms`; the work itself goes on.
 * A plain timer: one that an AbortSignal ends costs more than all else that an event costs here.
 */
export async function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
