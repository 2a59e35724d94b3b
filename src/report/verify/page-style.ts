import { paletteStyle } from "../../model/palette.ts";

/** The style of the page: one colour a meaning, dark and light by the reader's setting, readable on a phone. */
export const pageStyle = `${paletteStyle}* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.35rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; } p { margin: .25rem 0; overflow-wrap: anywhere; }
.verdict { background: var(--panel); border-left: .4rem solid var(--soft); border-radius: .4rem; padding: 1rem; }
.verdict p, .dim { color: var(--soft); font-size: .9rem; }
.good-edge { border-color: var(--good); } .look-edge { border-color: var(--look); } .broken-edge { border-color: var(--broken); }
figure { margin: 0 0 1.25rem; } figcaption { font-size: .9rem; margin-bottom: .25rem; }
svg { display: block; width: 100%; border-radius: .25rem; background: var(--panel); }
.good { fill: var(--good); background: var(--good); } .look { fill: var(--look); background: var(--look); }
.broken { fill: var(--broken); background: var(--broken); } .dim1 { fill: var(--dim1); background: var(--dim1); } .dim2 { fill: var(--dim2); background: var(--dim2); }
.inbound { background: var(--inbound); } .outbound { background: var(--outbound); } .rule { stroke: var(--edge); }
polyline { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; }
.line-inbound { stroke: var(--inbound); } .line-outbound { stroke: var(--outbound); stroke-dasharray: 6 4; }
.dot-inbound { fill: var(--inbound); } .dot-outbound { fill: var(--outbound); }
.chart { display: grid; grid-template-columns: auto 1fr; gap: .25rem .5rem; font-size: .8rem; color: var(--soft); }
.upright { display: flex; flex-direction: column; justify-content: space-between; text-align: right; } .along { grid-column: 2; display: flex; justify-content: space-between; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .4rem 0 0; padding: 0; font-size: .85rem; }
.legend i { display: inline-block; width: .8rem; height: .8rem; border-radius: .15rem; margin-right: .4rem; vertical-align: -.05rem; }
details { border-top: 1px solid var(--edge); padding: .5rem 0; } summary { cursor: pointer; padding: .25rem 0; overflow-wrap: anywhere; }
.badge { font-size: .75rem; font-weight: 600; border: 1px solid currentColor; border-radius: 1rem; padding: .05rem .5rem; white-space: nowrap; }
.badge.pass { color: var(--good); } .badge.warn { color: var(--look); } .badge.fail, .badge.error { color: var(--broken); } .badge.skip { color: var(--soft); }
.checks { list-style: none; margin: .5rem 0; padding: 0; } .checks li { padding: .5rem 0; border-top: 1px dashed var(--edge); overflow-wrap: anywhere; }
code { background: var(--panel); border-radius: .2rem; padding: .05rem .3rem; font-size: .85rem; }
.rows { overflow-x: auto; margin-top: .4rem; } table { border-collapse: collapse; font-size: .8rem; }
th, td { text-align: left; padding: .2rem .75rem .2rem 0; border-bottom: 1px solid var(--edge); white-space: nowrap; }
.filter { display: flex; flex-wrap: wrap; gap: .25rem 1rem; border: 1px solid var(--edge); border-radius: .4rem; margin: .5rem 0 1rem; padding: .5rem .75rem; font-size: .9rem; }
.filter label { padding: .25rem 0; cursor: pointer; } .filter input { accent-color: var(--inbound); }
@supports not selector(:has(*)) { .filter { display: none; } }
${["pass", "warn", "fail", "error", "skip"]
  .map(
    (status) =>
      `.all:has(#show-${status}:checked) :is(.checks > li:not(.is-${status}), details:not(:has(.is-${status}))) { display: none; }`,
  )
  .join("\n")}
:focus-visible { outline: 3px solid var(--inbound); outline-offset: 2px; }
`;
