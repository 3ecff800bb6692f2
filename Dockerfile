# The service alone: it needs a MongoDB replica set at MONGODB_URI (see compose.yaml).

FROM node:20-bookworm-slim AS playground
WORKDIR /src
COPY app/package.json app/package-lock.json app/.npmrc app/
COPY app/playground/package.json app/playground/
COPY app/e2e/package.json app/e2e/
RUN PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm --prefix app ci --no-progress
COPY app app
COPY internal/web/assets internal/web/assets
RUN npm --prefix app run build

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
COPY internal/third_party internal/third_party
RUN go mod download
COPY . .
COPY --from=playground /src/internal/web/assets internal/web/assets
# Static, since the last image has no C library.
RUN CGO_ENABLED=0 go build -trimpath -tags grpcnotrace -ldflags='-s -w' -o /patternhub . && mkdir /data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /patternhub /patternhub
# The search indexes. A new volume takes its owner from here, so that the user below may write to it.
COPY --from=build --chown=nonroot:nonroot /data /data
# Inside a container the loopback address would be reached by nobody. The admin address stays on
# it: the health check runs inside.
ENV ADDR=0.0.0.0:8080 \
    ADMIN_ADDR=127.0.0.1:9090 \
    DATA_DIR=/data \
    LOG_FORMAT=json
EXPOSE 8080
VOLUME /data
USER nonroot:nonroot
# The image has no shell and no curl: the binary asks itself.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["/patternhub", "healthcheck"]
ENTRYPOINT ["/patternhub"]
