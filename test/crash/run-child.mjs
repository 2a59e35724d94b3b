// A process of its own that runs migrate or rollback from the build: options as JSON in its argument, one line of JSON for
// each step, each report of rows, and the end. It is there to be killed.
const { module, name, options } = JSON.parse(process.argv[2]);
const core = await import(module);
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const progress = {
  onStep: (migration, step) => say({ migration, step }),
  onRows: (what, done, total) => say({ what, done, total }),
};

try {
  await core[name]({ ...options, progress });
  say({ ended: true });
} catch (error) {
  say({ error: { code: error.code, message: error.message } });
}
