#!/usr/bin/env bash
# Builds the image from the Dockerfile into target/image/belfry, in the layout of `buildah push … dir:`, without any registry: the
# builder is this machine's own toolchain, seen through an image that is nothing but links to it.
#   tests/image.sh
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || { echo "tests/image.sh: building an image without a container engine wants root" >&2; exit 1; }

out=$PWD/target/image
mkdir -p "$out/target"
buildah() {
    command buildah --root "$out/storage" --runroot "$out/run" --storage-driver vfs "$@"
}
clean() {
    buildah rm --all >/dev/null 2>&1 || true
    buildah rmi --all --force >/dev/null 2>&1 || true
    rm -rf "$out/storage" "$out/run"
}
# What an earlier run that was cut off left behind.
clean
trap clean EXIT

cargo_home=${CARGO_HOME:-$HOME/.cargo}
rustup_home=${RUSTUP_HOME:-$HOME/.rustup}
base=$(buildah from scratch)
root=$(buildah mount "$base")
mkdir -p "$root"/{usr,etc,tmp,proc,sys,dev,root} "$root$cargo_home" "$root$rustup_home" "$root$out/target"
chmod 1777 "$root/tmp"
for directory in bin sbin lib lib32 lib64 libx32; do
    # Debian's own links, /bin -> usr/bin and so on.
    [ ! -L "/$directory" ] || ln -s "$(readlink "/$directory")" "$root/$directory"
done
cp -a /etc/alternatives /etc/ld.so.cache /etc/passwd /etc/group /etc/ssl "$root/etc/"
buildah umount "$base" >/dev/null
buildah config \
    --env "PATH=$cargo_home/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    --env "HOME=/root" --env "CARGO_HOME=$cargo_home" --env "RUSTUP_HOME=$rustup_home" "$base"
buildah commit --quiet --rm "$base" localhost/belfry-builder >/dev/null

buildah bud --isolation chroot --format docker --pull-never --layers=false --quiet \
    --build-arg BUILDER=localhost/belfry-builder --build-arg "CARGO_TARGET_DIR=$out/target" \
    --volume /usr:/usr:ro --volume "$cargo_home:$cargo_home" --volume "$rustup_home:$rustup_home" \
    --volume "$out/target:$out/target" \
    --tag localhost/belfry .
rm -rf "$out/belfry"
buildah push --quiet --format v2s2 localhost/belfry "dir:$out/belfry"
echo "image: $(du -sb "$out/belfry" | cut -f1) bytes in $out/belfry"
