# One image for every service: the command says which. See docker-compose.yml.
FROM node:24-slim
WORKDIR /app
COPY package.json package-lock.json ./
# The optional packages are a Node and a PostgreSQL for machines that have none: here both come from images.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force
COPY schemas schemas
COPY services services
COPY simulator simulator
USER node
ENTRYPOINT ["node", "services/anbu.ts"]
CMD ["start"]
