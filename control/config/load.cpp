#include "control/config/load.h"

#include <fstream>
#include <libconfig.h++>
#include <sstream>

#include "control/config/parts.h"

namespace spillway::config {
namespace {

[[noreturn]] void syntax_error(const libconfig::ParseException& e, const std::string& name) {
  const std::string file = e.getFile() != nullptr ? e.getFile() : name;
  throw ConfigError(file + ":" + std::to_string(e.getLine()) + ": " + e.getError());
}

}  // namespace

Config read(const libconfig::Setting& root, const std::string& name) {
  Errors errors(name);
  Config config;
  config.file = name;
  Section section(root, "", errors);
  read_lans(section, config);
  read_uplinks(section, config);
  read_routes(section, config);
  read_address_lists(section, config);
  read_balance(section, config);
  read_monitors(section, config);
  read_policy(section, config);
  read_port_forwards(section, config);
  read_local_services(section, config);
  read_failure(section, config);
  read_hooks(section, config);
  read_timeouts(section, config);
  read_limits(section, config);
  read_workers(section, config);
  read_control(section, config);
  read_metrics(section, config);
  section.finish();
  errors.throw_if_any();
  return config;
}

Config load(const std::string& path) {
  std::error_code none;
  std::ifstream probe(path);
  if (!probe || probe.peek() == std::ifstream::traits_type::eof())
    throw ConfigError(path + (probe ? ": is empty or not a file" : ": cannot be opened"));
  libconfig::Config file;
  const std::size_t slash = path.rfind('/');
  // @include is relative to the file that includes, not to where the router was started.
  if (slash != std::string::npos) file.setIncludeDir(path.substr(0, slash).c_str());
  try {
    file.readFile(path.c_str());
  } catch (const libconfig::ParseException& e) {
    syntax_error(e, path);
  } catch (const libconfig::FileIOException&) {
    throw ConfigError(path + ": cannot be read");
  }
  return read(file.getRoot(), path);
}

Config parse(const std::string& text, const std::string& name) {
  libconfig::Config file;
  try {
    file.readString(text);
  } catch (const libconfig::ParseException& e) {
    syntax_error(e, name);
  }
  return read(file.getRoot(), name);
}

}  // namespace spillway::config
