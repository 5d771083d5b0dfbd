# A static program on nothing, under two names: no shell, no package, no user who may write anywhere but in /data.
#
#     docker build -t belfry .          (or: buildah build -t belfry .)
#
# The builder needs rustup, a C compiler, musl-gcc and nothing else; what is missing of it is installed.
ARG BUILDER=docker.io/library/rust:1.95-bookworm
FROM ${BUILDER} AS build
RUN command -v musl-gcc >/dev/null || { \
        apt-get update && apt-get install -y --no-install-recommends musl-tools && rm -rf /var/lib/apt/lists/*; }
WORKDIR /src
COPY . .
# The cache is the builder's: a second image of other sources compiles only what changed.
ARG CARGO_TARGET_DIR=/var/cache/belfry/target
RUN --mount=type=cache,target=/var/cache/belfry \
    target="$(uname -m)-unknown-linux-musl" \
    && { ! command -v rustup >/dev/null || rustup target add "$target" wasm32-unknown-unknown; } \
    && CARGO_PROFILE_RELEASE_STRIP=symbols CARGO_PROFILE_RELEASE_DEBUG=false \
        cargo build --release --locked --target "$target" -p statuspage --bins \
    && mkdir -p /out/bin /out/empty \
    && cp "$CARGO_TARGET_DIR/$target/release/statuspage" /out/bin/ \
    && ln -s statuspage /out/bin/prober

FROM scratch
LABEL org.opencontainers.image.title="Belfry" \
      org.opencontainers.image.description="Asks services from outside whether they work, and tells everybody: prober and status page" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /out/bin/ /
# Mounted or not, data can be written; temporary files go there too, so that the root may be read-only.
COPY --from=build --chown=65532:65532 /out/empty/ /data/
# Mount a directory with probes.d/ and, where there is one, statuspage.toml here, read-only.
COPY --from=build /out/empty/ /etc/belfry/
WORKDIR /etc/belfry
ENV BELFRY_DATA=/data BELFRY_LISTEN=[::]:8080 TMPDIR=/data
USER 65532:65532
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["/statuspage", "health"]
ENTRYPOINT ["/statuspage"]
CMD ["serve"]
