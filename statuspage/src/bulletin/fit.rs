//! A bulletin that fits: in a very large crisis it says less, because one that outposts cannot read looks like a hub that is silent.
//!
//! It does not know what is said.

use std::io::{self, Write};

use shared::bulletin::{Bulletin, LARGEST_BULLETIN, Phrase};

/// A bulletin of at most so many bytes fits, with room for what stands around it.
const FITS: usize = LARGEST_BULLETIN / 8 * 7;

/// What is given up.
#[derive(Debug, Clone, Copy)]
enum Less {
    /// Older updates of each incident; so many are left.
    Updates(usize),
    /// The ends of texts; so many bytes of each are left.
    Texts(usize),
    /// Older incidents.
    Incidents(usize),
    /// Maintenance that begins later.
    Maintenances(usize),
    /// The ends of titles and names.
    Names(usize),
    /// Components at the end of the page, and of what a maintenance concerns.
    Components(usize),
}

/// In this order, until it fits: what readers miss least goes first. After the last one every bulletin does: its 2,000 components,
/// three stories and the places of ids in them take less than 2 MB.
const LESS: [Less; 13] = [
    Less::Updates(2),
    Less::Updates(1),
    Less::Texts(4_000),
    Less::Texts(1_000),
    Less::Maintenances(20),
    Less::Names(200),
    Less::Maintenances(8),
    Less::Names(60),
    Less::Maintenances(3),
    Less::Texts(250),
    Less::Incidents(20),
    Less::Incidents(3),
    Less::Components(2_000),
];

/// The same, or as much of it as fits.
pub(super) fn fitting(mut bulletin: Bulletin) -> Bulletin {
    for less in LESS {
        if size(&bulletin) <= FITS {
            break;
        }
        less.of(&mut bulletin);
    }
    bulletin
}

impl Less {
    fn of(self, bulletin: &mut Bulletin) {
        match self {
            Self::Updates(most) => bulletin.incidents.iter_mut().for_each(|incident| incident.updates.truncate(most)),
            Self::Texts(most) => {
                let updates = bulletin.incidents.iter_mut().flat_map(|incident| &mut incident.updates);
                updates.for_each(|update| update.text = cut(&update.text, most));
            }
            Self::Incidents(most) => bulletin.incidents.truncate(most),
            Self::Maintenances(most) => bulletin.maintenances.truncate(most),
            Self::Names(most) => {
                let incidents = bulletin.incidents.iter_mut().map(|incident| &mut incident.title);
                let works = bulletin.maintenances.iter_mut().map(|work| &mut work.title);
                let components = bulletin.components.iter_mut().map(|component| &mut component.name);
                incidents.chain(works).chain(components).for_each(|words| *words = cut(words, most));
            }
            Self::Components(most) => {
                bulletin.components.truncate(most);
                bulletin.maintenances.iter_mut().for_each(|work| work.components.truncate(most));
            }
        }
    }
}

fn cut(words: &Phrase, most: usize) -> Phrase {
    words.changed(|text| match text.len() {
        length if length <= most => text.to_owned(),
        _ => format!("{}…", &text[..text.floor_char_boundary(most)]),
    })
}

/// How many bytes it has as JSON.
fn size(bulletin: &Bulletin) -> usize {
    let mut counted = Counted(0);
    // Counting cannot fail, nor can words be written as JSON in vain; what could not be written would not fit.
    serde_json::to_writer(&mut counted, bulletin).map_or(usize::MAX, |()| counted.0)
}

/// Counts what is written.
struct Counted(usize);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
