/** The colours of our pages as CSS variables, one a meaning, light and dark by the reader's setting: those of the terminal. */
export const paletteStyle = `
:root { color-scheme: light dark; --page: #fff; --text: #1c2024; --soft: #5b6570; --edge: #d8dde3; --panel: #f6f7f9;
  --good: #1a7f4b; --look: #8a5a00; --broken: #b42318; --dim1: #aab2bb; --dim2: #6f7a86; --inbound: #1f5fbf; --outbound: #8a3fa8; }
@media (prefers-color-scheme: dark) { :root { --page: #14171a; --text: #e7eaed; --soft: #a3adb8; --edge: #343b43; --panel: #1d2125;
  --good: #4cc38a; --look: #e3a93c; --broken: #ff8a7a; --dim1: #56606a; --dim2: #8d98a4; --inbound: #7db0ff; --outbound: #d59bec; } }
`;
