/** How much of what the machine can answer is asked of it, and how many times its p99 may be that of the same traffic alone. */
export const loads = [
  { share: 0.6, times: 2 },
  { share: 0.95, times: 3 },
] as const;

/** As a figure names it. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
