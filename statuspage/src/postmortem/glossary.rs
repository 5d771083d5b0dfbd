//! The technical terms that these post-mortems use, explained for people who are not technical.
//!
//! It does not know where they stand.

use shared::Language;

/// A term: the words that call for it, its name, and what it means, in English and French.
struct Term {
    marks: &'static [&'static str],
    name: [&'static str; 2],
    meaning: [&'static str; 2],
}

const TERMS: [Term; 15] = [
    Term {
        marks: &["502"],
        name: ["502", "502"],
        meaning: [
            "the answer “bad gateway”: the machine at the entrance is there, and the service behind it does not answer it",
            "la réponse « bad gateway » : la machine à l’entrée est là, et le service derrière elle ne lui répond pas",
        ],
    },
    Term {
        marks: &["503", "504"],
        name: ["503, 504", "503, 504"],
        meaning: [
            "answers by which a server says that the service is not available, or that it waited too long for it",
            "réponses par lesquelles un serveur dit que le service n’est pas disponible, ou qu’il l’a attendu trop longtemps",
        ],
    },
    Term {
        marks: &["control plane", "control-plane"],
        name: ["control plane", "control plane"],
        meaning: [
            "the machines that decide what runs where in a cluster; without them nothing is repaired or moved",
            "les machines qui décident de ce qui tourne où dans une grappe ; sans elles rien n’est réparé ni déplacé",
        ],
    },
    Term {
        marks: &["etcd"],
        name: ["etcd", "etcd"],
        meaning: [
            "the database in which Kubernetes keeps what it knows; when its disk is full the whole cluster stands still",
            "la base de données où Kubernetes garde ce qu’il sait ; quand son disque est plein, toute la grappe s’arrête",
        ],
    },
    Term {
        marks: &["kubernetes", "k8s"],
        name: ["Kubernetes", "Kubernetes"],
        meaning: [
            "software that spreads services over several machines and restarts those that fall",
            "logiciel qui répartit les services sur plusieurs machines et relance ceux qui tombent",
        ],
    },
    Term {
        marks: &["pod ", "pods"],
        name: ["pod", "pod"],
        meaning: [
            "the smallest piece that Kubernetes starts: one or a few programs that belong together",
            "le plus petit morceau que Kubernetes lance : un ou quelques programmes qui vont ensemble",
        ],
    },
    Term {
        marks: &["minio", "s3"],
        name: ["MinIO, S3", "MinIO, S3"],
        meaning: [
            "storage that keeps files as objects under a name, and the way of speaking to it",
            "un stockage qui garde les fichiers comme des objets sous un nom, et la manière de lui parler",
        ],
    },
    Term {
        marks: &["dns", "nxdomain", "servfail"],
        name: ["DNS", "DNS"],
        meaning: [
            "the directory that turns the name of a site into the address of a machine",
            "l’annuaire qui donne, pour le nom d’un site, l’adresse d’une machine",
        ],
    },
    Term {
        marks: &["tls", "certificat"],
        name: ["certificate, TLS", "certificat, TLS"],
        meaning: [
            "the encryption of a connection, and the dated proof of identity that a site shows for it",
            "le chiffrement d’une connexion, et la preuve d’identité datée qu’un site présente pour cela",
        ],
    },
    Term {
        marks: &["timeout", "délai"],
        name: ["timeout", "délai dépassé"],
        meaning: ["no answer came in the time allowed", "aucune réponse n’est venue dans le temps accordé"],
    },
    Term {
        marks: &["sonde", "probe"],
        name: ["probe", "sonde"],
        meaning: [
            "a program outside that asks a service again and again whether it works",
            "un programme, à l’extérieur, qui demande sans cesse à un service s’il fonctionne",
        ],
    },
    Term {
        marks: &["sha-256"],
        name: ["SHA-256", "SHA-256"],
        meaning: [
            "a fingerprint of data: the same bytes give the same one, so that a copy can be checked",
            "une empreinte de données : les mêmes octets donnent la même, ce qui permet de vérifier une copie",
        ],
    },
    Term {
        marks: &["alertmanager", "karma"],
        name: ["Alertmanager", "Alertmanager"],
        meaning: [
            "the program that collects alerts of Prometheus and hands them on",
            "le programme qui rassemble les alertes de Prometheus et les transmet",
        ],
    },
    Term {
        marks: &["redis"],
        name: ["Redis", "Redis"],
        meaning: [
            "a fast store in memory in which applications keep sessions and locks",
            "une mémoire rapide où les applications gardent sessions et verrous",
        ],
    },
    Term {
        marks: &["postgres"],
        name: ["PostgreSQL", "PostgreSQL"],
        meaning: ["the database of many applications", "la base de données de beaucoup d’applications"],
    },
];

/// A list of the terms that a text uses, in the order of the alphabet; empty when it uses none.
pub(super) fn of(text: &str, language: Language) -> String {
    let (text, column) = (text.to_lowercase(), column(language));
    let used = |term: &&Term| term.marks.iter().any(|mark| text.contains(mark));
    let mut lines: Vec<_> = TERMS.iter().filter(used).map(|term| line(term, column, language)).collect();
    lines.sort_by_key(|line| line.to_lowercase());
    lines.join("\n")
}

fn column(language: Language) -> usize {
    match language {
        Language::En => 0,
        Language::Fr => 1,
    }
}

fn line(term: &Term, column: usize, language: Language) -> String {
    let colon = match language {
        Language::En => ":",
        Language::Fr => "\u{a0}:",
    };
    // What stands before these marks in French never begins a line.
    let meaning = term.meaning[column].replace(" ;", "\u{a0};").replace(" :", "\u{a0}:");
    let meaning = meaning.replace("« ", "«\u{a0}").replace(" »", "\u{a0}»");
    format!("- **{}**{colon} {meaning}.", term.name[column])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_terms_that_are_used_are_explained() {
        let english = of("502 on 3 services", Language::En);
        assert!(english.starts_with("- **502**: the answer"), "{english}");
        assert_eq!(english.lines().count(), 1);
        assert_eq!(of("", Language::Fr), "");
    }

    #[test]
    fn the_list_is_in_alphabetical_order() {
        let list = of("etcd, pods, 502, DNS", Language::Fr);
        let terms: Vec<_> = list.lines().map(|line| line.split("**").nth(1).expect("a term")).collect();
        assert_eq!(terms, ["502", "DNS", "etcd", "pod"]);
    }
}
