# The command alone: without the embedded server, without what only the demo serves, as a user without rights.
#   docker build --tag ssot .
#   docker run --rm --env DATABASE_URL ssot status
# A registry of your own pins the base by its digest.
FROM node:24-bookworm-slim AS build
WORKDIR /opt/ssot
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build-for-action.mjs scripts/
COPY src src/
COPY verify verify/
COPY fixtures fixtures/
# With the compiler alone, by the checksum of the lock.
RUN node scripts/build-for-action.mjs

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /opt/ssot
COPY --from=build /opt/ssot/node_modules node_modules/
COPY --from=build /opt/ssot/dist dist/
COPY package.json LICENSE ./
COPY bin bin/
COPY migrations migrations/
COPY sql sql/
# Where ssot.config.json and your own migrations are mounted, and reports are written.
WORKDIR /work
USER node
ENTRYPOINT ["node", "/opt/ssot/bin/ssot.js"]
CMD ["--help"]
