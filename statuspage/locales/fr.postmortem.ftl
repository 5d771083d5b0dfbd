# Le brouillon de post-mortem : ce que les mesures savent, et comment elles le savent.

pm-title = Post-mortem : { $title }
pm-number = Incident { $id }, { $dates }.
pm-dates-same = { $date }
pm-dates-span = du { $first } au { $last }
pm-to-write = *À rédiger.*
pm-suggestions = Pistes :
pm-measured = Mesuré : { $how }.
pm-summary = Résumé
pm-impact-label = Impact pour les utilisateurices
pm-cause-label = Cause
pm-resolution-label = Résolution
pm-durations = Durées
pm-duration-column = Durée
pm-value-column = Valeur
pm-how-column = Comment c’est mesuré
pm-detected-by = Incident détecté par
pm-detection = Détection
pm-investigation = Investigation
pm-return = Retour à un service fonctionnel
pm-resolve = Résolution
pm-chronology = Chronologie
pm-date-column = Date
pm-what-column = Quoi
pm-impact = Impact
pm-users = Impact sur les utilisateurices
pm-infrastructure = Impact sur l’infrastructure
pm-cause = Cause de l’incident
pm-mitigation = Mitigation et résolution
pm-lessons = Leçons apprises
pm-well = Ce qui s’est bien passé
pm-badly = Ce qui s’est mal passé
pm-luck = Là où on a eu de la chance
pm-actions = Actions
pm-glossary = Glossaire des termes techniques
pm-annexes = Annexes
pm-impact-sentence = { $failed ->
    [one] { $failed } service sur { $total } a échoué ({ $what }) entre { $from } et { $to }
   *[other] { $failed } services sur { $total } ont échoué ({ $what }) entre { $from } et { $to }
}
pm-impact-ongoing = { $failed ->
    [one] { $failed } service sur { $total } échoue ({ $what }) depuis { $from }
   *[other] { $failed } services sur { $total } échouent ({ $what }) depuis { $from }
}
pm-by-places = { $count ->
    [one] constaté depuis { $places }
   *[other] constaté depuis { $count } lieux : { $places }
}
pm-by-group = Par groupe : { $groups }.
pm-group-share = { $group } { $failed }/{ $total }
pm-impact-how = services passés en panne partielle ou majeure entre le premier échec et le dernier retour
pm-by-probes = les sondes ({ $at })
pm-by-users = des utilisateurices ({ $at }), avant les sondes
pm-by-staff = l’équipe ({ $at }), avant les sondes
pm-detected-how = le premier de trois instants : confirmation par les sondes, déclaration par l’équipe, premier appel noté par l’équipe
pm-detection-how = du premier échec ({ $first }) à la confirmation ({ $confirmed })
pm-detection-human-how = du début déclaré ({ $first }) à la déclaration ({ $confirmed })
pm-ack-after = puis { $span } jusqu’à la prise en charge par { $who }
pm-ack-none = jamais pris en charge par un humain
pm-investigation-how = de la prise en charge au premier message « { $stage } »
pm-investigation-open = il manque une prise en charge ou un message « { $stage } »
pm-return-half = 50 % : { $half }, 95 % : { $most }, dernier : { $last }
pm-return-how = par service, du premier échec au premier succès confirmé
pm-return-none = pas encore
pm-resolution-how = du premier échec à la clôture, rechutes comprises
pm-each = { $spans } (soit { $total })
pm-unknown = inconnue
pm-chron-slow = { $count ->
    [one] { $count } service répond déjà plus lentement que son seuil
   *[other] { $count } services répondent déjà plus lentement que leur seuil
}
pm-chron-first = Premier échec : { $component }, { $what }
pm-chron-confirmed = Panne confirmée par les sondes : { $title }
pm-chron-declared = Incident déclaré par { $who }
pm-chron-grown = { $count ->
    [one] { $count } service touché
   *[other] { $count } services touchés
}
pm-chron-users = Des utilisateurices signalent la panne
pm-chron-announced = Première annonce sur la page
pm-chron-certificate = Autre certificat : { $services } (constaté depuis { $places })
pm-chron-address = Autre adresse : { $services } (constaté depuis { $places })
pm-chron-how = certificats et adresses sont ceux que les sondes ont rencontrés, au premier résultat qui montre le nouveau ; ce qui alterne n’est pas un changement
pm-chron-told = Premier message remis
pm-chron-ack = Pris en charge par { $who }
pm-chron-said = { $who } ({ $stage }) : { $text }
pm-chron-back-first = Premier service rétabli : { $component }
pm-chron-back-half = La moitié des services est rétablie
pm-chron-back-all = Tous les services sont rétablis
pm-chron-persists = Toujours en panne après la clôture de l’incident
pm-chron-relapsed = Rechute
pm-chron-resolved = Incident clos
pm-chron-maintenance = Maintenance planifiée : { $title }
pm-who-monitor = les sondes
pm-who-socket = un opérateur sur la machine
pm-user-minutes = { $minutes ->
    [one] { $minutes } minute de panne
   *[other] { $minutes } minutes de panne cumulées
} sur { $services ->
    [one] { $services } service
   *[other] { $services } services
} (minutes × services).
pm-user-minutes-group = { $group } : { $minutes } min
pm-user-how = temps passé en panne par chaque service, additionné ; personne n’est compté
pm-infra-outside = De l’extérieur, seules les réponses des services sont visibles.
pm-cause-common-address = Tous les échecs mesurés passent par l’adresse { $address }.
pm-cause-common-dependency = Tous les services touchés dépendent de { $component }, en échec lui aussi.
pm-cause-spared = Groupes non touchés : { $groups }.
pm-cause-kinds = Échecs mesurés : { $kinds }.
pm-kind-count = { $what } ({ $count })
pm-well-detected = détecté en { $span }
pm-well-before-users = détecté { $span } avant le premier signalement
pm-well-told = premier message remis { $span } après le premier échec
pm-well-ack = pris en charge { $span } après la confirmation
pm-badly-no-ack = personne n’a pris l’incident en charge
pm-badly-late-ack = aucune prise en charge pendant { $span }
pm-badly-users-first = des utilisateurices ont signalé la panne { $span } avant les sondes
pm-badly-not-told = aucun message n’est parti
pm-badly-promise = la promesse d’un message avant { $at } n’a pas été tenue
pm-badly-relapse = { $count ->
    [one] { $count } rechute
   *[other] { $count } rechutes
}
pm-badly-not-measured = aucune sonde ne voyait cette panne
pm-luck-spared = { $count ->
    [one] { $count } service du même groupe n’a pas été touché
   *[other] { $count } services des mêmes groupes n’ont pas été touchés
}
pm-actions-carried = Encore ouvertes après { $id } ({ $age }) :
pm-annex-results = { $count ->
    [one] { $count } résultat
   *[other] { $count } résultats
} de { $from } à { $to }, dont { $failed ->
    [one] { $failed } échec
   *[other] { $failed } échecs
} ; SHA-256 { $hash } de l’export :
pm-annex-page = Page de l’incident : { $url }
pm-annex-version = Brouillon produit par Belfry { $version } { $at }.
pm-span-minutes-seconds = { $minutes } min { $seconds } s
pm-stamp = { $date }, { $time }
