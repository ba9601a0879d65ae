#include "control/ports/card_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace spillway {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw std::runtime_error("cannot be locked: " + path + ": " + std::strerror(errno));
}

/// A file that is there is opened, not made anew: in a folder for all, the kernel lets not even
/// root do that with another user's (fs.protected_regular).
int open_file(const std::string& path) {
  for (;;) {
    constexpr int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW;
    int fd = open(path.c_str(), flags);
    if (fd >= 0) return fd;
    if (errno != ENOENT) fail(path);
    constexpr mode_t readable = 0644;
    fd = open(path.c_str(), flags | O_CREAT | O_EXCL, readable);
    if (fd >= 0) {
      fchmod(fd, readable);  // whatever the umask: another user's router must be able to lock it
      return fd;
    }
    if (errno != EEXIST) fail(path);
  }
}

/// Whether the file has not been removed by the one who had it before.
bool is_still_there(int fd, const std::string& path) {
  struct stat ours {};
  struct stat there {};
  return fstat(fd, &ours) == 0 && stat(path.c_str(), &there) == 0 && ours.st_ino == there.st_ino &&
         ours.st_dev == there.st_dev;
}

/// The process that has the lock, out of the kernel's list; empty when it tells none.
std::string owner_of(int fd) {
  struct stat file {};
  if (fstat(fd, &file) != 0) return {};
  char id[64];
  std::snprintf(id, sizeof id, "%02x:%02x:%lu", major(file.st_dev), minor(file.st_dev),
                static_cast<unsigned long>(file.st_ino));
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, advisory, access, process, of;
    words >> number >> kind >> advisory >> access >> process >> of;
    if (kind == "FLOCK" && of == id) return process;
  }
  return {};
}

}  // namespace

CardLock::CardLock(const std::string& card, const std::string& folder)
    : path_(folder + "/spillway-" + card + ".lock"), fd_(-1) {
  for (;;) {
    fd_ = open_file(path_);
    if (flock(fd_, LOCK_EX | LOCK_NB) != 0) break;
    if (is_still_there(fd_, path_)) return;
    close(fd_);
  }
  const int error = errno;
  const std::string owner = owner_of(fd_);
  close(fd_);
  errno = error;
  if (error != EWOULDBLOCK) fail(path_);
  throw std::runtime_error("is in use by another spillway" +
                           (owner.empty() ? std::string() : ", process " + owner));
}

CardLock::~CardLock() {
  if (fd_ < 0) return;
  unlink(path_.c_str());  // while it is still ours
  close(fd_);
}

CardLock::CardLock(CardLock&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}

}  // namespace spillway
