// Sends statements, a JSON array on stdin, to the database in its argument as `supabase db push` does: each by itself in
// the extended protocol, and one Sync after all of them. Says the error, or null, as JSON.
import { text } from "node:stream/consumers";
import pg from "pg";

const client = new pg.Client({ connectionString: process.argv[2] });
await client.connect();
const statements = JSON.parse(await text(process.stdin));
const error = await new Promise((done) => {
  const nothing = () => {};
  client.query({
    submit(connection) {
      for (const statement of statements) {
        connection.parse({ text: statement });
        connection.bind({});
        connection.execute({});
      }
      connection.sync();
    },
    handleError: ({ code, message }) => done({ code, message }),
    handleReadyForQuery: () => done(null),
    handleRowDescription: nothing,
    handleDataRow: nothing,
    handleCommandComplete: nothing,
    handleEmptyQuery: nothing,
  });
});
await client.end();
process.stdout.write(JSON.stringify(error));
