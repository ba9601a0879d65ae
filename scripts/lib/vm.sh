# shellcheck shell=bash
# QEMU and a guest kernel for scripts/vm-check: Debian packages, fetched through lists of our own
# and unpacked beside, so that nothing of the machine changes. Debian 12's QEMU has no igb; the one
# of its backports has.

readonly VM_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/spillway/vm"
readonly VM_ROOT="$VM_CACHE/root"
readonly VM_QEMU=(qemu-system-x86 qemu-system-common qemu-system-data seabios)

# vm_apt apt-command...: with the machine's package sources, and Debian's backports from there.
vm_apt() {
  local work=$VM_CACHE/apt
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/parts"
  find /etc/apt/sources.list* -name '*.list' -exec cat {} + |
    sed -n '/^deb .* bookworm / { p; s/ bookworm / bookworm-backports /p }' >"$work/sources.list"
  # shellcheck disable=SC2016
  find /etc/apt/sources.list.d -name '*.sources' -exec sed -E -s \
    '/^Suites:(.* )?bookworm( |$)/ s/$/ bookworm-backports/; $G' {} + >"$work/parts/all.sources"
  "$1" -q -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=$work/parts" \
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root \
    "${@:2}"
}

# Leaves QEMU, what it needs, and the kernel in VM_ROOT; quick when they are there already.
fetch_vm() {
  [[ ! -f $VM_CACHE/complete ]] || return 0
  rm -rf "$VM_CACHE"
  mkdir -p "$VM_ROOT" "$VM_CACHE/debs"
  local kernel package
  vm_apt apt-get update
  vm_apt apt-get install -y --download-only --reinstall --no-install-recommends \
    -t bookworm-backports "${VM_QEMU[@]}"
  kernel=$(vm_apt apt-cache depends linux-image-amd64/bookworm |
    sed -n 's/.*Depends: \(linux-image-[^ ]*\).*/\1/p' | head -n 1)
  (cd "$VM_CACHE/debs" && vm_apt apt-get download "$kernel" busybox-static)
  for package in "$VM_CACHE"/apt/cache/archives/*.deb "$VM_CACHE"/debs/*.deb; do
    dpkg-deb -x "$package" "$VM_ROOT"
  done
  rm -rf "$VM_CACHE/apt" "$VM_CACHE/debs"
  touch "$VM_CACHE/complete"
}

# In the order of their dependencies.
readonly VM_MODULES=(fs/netfs/netfs fs/fscache/fscache net/9p/9pnet drivers/virtio/virtio
  drivers/virtio/virtio_ring drivers/virtio/virtio_pci_legacy_dev
  drivers/virtio/virtio_pci_modern_dev drivers/virtio/virtio_pci net/9p/9pnet_virtio fs/9p/9p
  fs/overlayfs/overlay net/core/failover drivers/net/net_failover drivers/net/virtio_net
  drivers/net/tun drivers/uio/uio drivers/uio/uio_pci_generic virt/lib/irqbypass
  drivers/vfio/vfio_virqfd drivers/vfio/vfio drivers/vfio/vfio_iommu_type1
  drivers/vfio/pci/vfio-pci-core drivers/vfio/pci/vfio-pci)

# make_initrd FILE: modules and a busybox that mount the host's files, read-only with an overlay.
make_initrd() {
  local folder module number=100 modules
  folder=$(mktemp -d)
  modules=$(echo "$VM_ROOT"/lib/modules/*/kernel)
  mkdir -p "$folder"/{bin,m,proc,sys,dev,lower,rw,new}
  cp "$VM_ROOT/bin/busybox" "$folder/bin/"
  install -m 755 tests/vm/init "$folder/init"
  for module in "${VM_MODULES[@]}"; do
    cp "$modules/$module.ko" "$folder/m/$((number++))-${module##*/}.ko"
  done
  (cd "$folder" && find . | bin/busybox cpio -o -H newc) >"$1" 2>/dev/null
  rm -rf "$folder"
}
