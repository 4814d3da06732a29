package io.iodine.test;

import java.util.Arrays;
import java.util.Set;

import io.iodine.ChannelAuthorizer;
import io.iodine.HistoryCustomizer;
import io.iodine.UpgradeHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;

/** Leaves out all components that are no part of an {@link IodineTest}. */
final class IodineTypeExcludeFilter extends TypeExcludeFilter {

	private static final Set<String> INCLUDED = Set.of(ChannelAuthorizer.class.getName(),
			HistoryCustomizer.class.getName());

	@Override
	public boolean match(MetadataReader reader, MetadataReaderFactory factory) {
		return !reader.getAnnotationMetadata().isAnnotated(UpgradeHandler.class.getName())
				&& Arrays.stream(reader.getClassMetadata().getInterfaceNames()).noneMatch(INCLUDED::contains);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof IodineTypeExcludeFilter;
	}

	@Override
	public int hashCode() {
		return IodineTypeExcludeFilter.class.hashCode();
	}

}
