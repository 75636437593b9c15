// The one script of every page. htmx and its extensions must be in the same bundle: loaded as a second
// module, an extension misses the elements that are already there.
import "htmx.org";
import "./results";
import "./hearts";
import "./compare";
import "./sheet";
import "./menus";
import "./fields";
import "./price-range";
import "./search-box";
import "./theme";
import "./language";
import "./timesheet";
import "./zone";
